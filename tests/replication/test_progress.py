from replication.run import progress

import re


def test_lines_say_how_many_are_done_and_the_time_left(capsys, monkeypatch):
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.0)
    assert list(progress.track([1, 2], "steps")) == [1, 2]
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"steps: 1/2, \d+ s left", lines[0])
    assert re.fullmatch(r"steps: 2 done in \d+\.\d s", lines[-1])
