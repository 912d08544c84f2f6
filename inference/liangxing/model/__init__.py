"""The bundle: tokens, graphs, features and calibration of one exported model."""
