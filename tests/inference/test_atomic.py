"""Files and folders that are there whole or not at all."""

import pytest
from liangxing.atomic import atomic_file, atomic_folder, write_bytes, write_lines
from liangxing.errors import DataError


def test_a_file_takes_its_place_only_when_all_of_it_is_written(tmp_path):
    target = tmp_path / "out.txt"
    write_lines(target, ["old"])

    def breaking():
        with atomic_file(target) as file:
            file.write("new")
            raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        breaking()
    assert target.read_text(encoding="utf-8") == "old\n"
    write_bytes(target, "新".encode())
    assert target.read_text(encoding="utf-8") == "新"
    assert [path.name for path in tmp_path.iterdir()] == ["out.txt"]


def test_a_secret_is_never_readable_by_others(tmp_path):
    write_bytes(tmp_path / "keys.json", b"{}", mode=0o600)
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(DataError, match="nowhere does not exist"):
        write_bytes(tmp_path / "nowhere" / "out.txt", b"")


def test_a_folder_is_replaced_in_one_step_or_stays(tmp_path):
    target = tmp_path / "bundle"
    with atomic_folder(target) as staging:
        (staging / "a").write_text("1", encoding="utf-8")

    def breaking():
        with atomic_folder(target) as staging:
            (staging / "b").write_text("2", encoding="utf-8")
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        breaking()
    assert [path.name for path in target.iterdir()] == ["a"]
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]
