"""The bodies of commands that `liangxing.cli` registers."""
