"""Train, calibrate, evaluate and export the models that `liangxing` loads."""
