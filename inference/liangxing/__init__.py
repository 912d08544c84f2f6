"""Sentence prediction for Chinese criminal cases: calibrated, bounded by law, explained."""
