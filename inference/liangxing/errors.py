"""The one exception family. A message says what was wrong, where, and what to do."""


class LiangxingError(Exception):
    """Base of every error that liangxing raises on purpose."""


class CaseError(LiangxingError):
    """A case cannot be read: names the field, the limit and the fix."""


class BundleError(LiangxingError):
    """A model bundle is missing, incomplete or changed: names the file."""


class ConfigError(LiangxingError):
    """A configuration or law file is wrong: names the key or line."""


class DataError(LiangxingError):
    """A data file or split is unusable: names the file and line."""
