"""Metrics, bootstrap intervals, slices, baselines and plots."""
