"""Papers, settings, rules and steps that do not fit together are told in one line."""

from pathlib import Path

import pytest

from replication.errors import InputError
from replication.workflow import check_files, check_rule, check_source, command_line, resolve

STEP = """
def train(
    data: Path,
    figure: Path,
    runs: list[Path],
    width: Count,
    epochs: Positive,
    seed: int,
    biases: bool = True,
    strengths: list[Positive] = [],
    step: Positive | None = None,
) -> None:
    ...
"""


@pytest.fixture(autouse=True)
def repository(tmp_path, monkeypatch):
    script = tmp_path / "scripts/p/train.py"
    script.parent.mkdir(parents=True)
    script.write_text(STEP, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    # Signatures are remembered by path.
    from replication.settings import signature

    signature.cache_clear()


def test_all_missing_files_are_told_at_once():
    with pytest.raises(InputError) as caught:
        check_files(["p"])
    for path in ("workflow/rules/p.smk", "config/p/settings.yaml", "config/p/claims.yaml"):
        assert path in str(caught.value)
    assert "config/p/published.yaml, paper/p.py" in str(caught.value)
    assert "scripts/p," not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ({"seeed": 1}, "mine.yaml: seeed: unknown key; did you mean seed?"),
        ({"seed": "one"}, "mine.yaml: seed: expected a whole number of at least 0, got 'one'"),
        ({"seed": True}, "mine.yaml: seed: expected a whole number of at least 0, got True"),
        ({"tier": "smoek"}, "mine.yaml: tier: 'smoek' is no tier; did you mean smoke?"),
        ({"p": 3}, "mine.yaml: p: expected a mapping of steps to settings, got 3"),
        ({"p": {"trian": {}}}, "mine.yaml: p.trian: unknown step; did you mean train?"),
        ({"p": {"train": {"epohcs": 1}}}, "mine.yaml: p.train.epohcs: unknown key; did you mean"),
        ({"p": {"train": {"epochs": 0}}}, "mine.yaml: p.train.epochs: expected greater than 0"),
        (
            {"p": {"variants": {"float": {"train": {"epochs": 0}}}}},
            "mine.yaml: p.variants.float.train.epochs: expected greater than 0",
        ),
    ],
)
def test_a_source_is_checked_by_itself(content, line):
    with pytest.raises(InputError) as caught:
        check_source("mine.yaml", content, ["p"])
    assert str(caught.value).startswith(line)


def test_settings_are_resolved_in_place():
    config = {"tier": "smoke", "p": {"train": {"epochs": {"smoke": 1, "quick": 2}}}}
    resolve(config, ["p", "data"])
    assert config["p"]["train"] == {"epochs": 1}


FILES = {"data", "figure", "runs"}
SETTINGS = {"seed": 0, "epochs": 1, "width": 3}


@pytest.mark.parametrize(
    ("files", "filled", "settings", "line"),
    [
        (FILES | {"tabel"}, set(), SETTINGS, "here: tabel: scripts/p/train.py has no such option"),
        (FILES - {"data"}, set(), SETTINGS, "here: data: missing"),
        (
            FILES,
            set(),
            {"seed": 0, "width": 3},
            "config/p/settings.yaml: p.train.epochs: missing",
        ),
        (
            FILES,
            set(),
            SETTINGS | {"width": [1, 2]},
            "config/p/settings.yaml: p.train.width: expected one value, got [1, 2]",
        ),
    ],
)
def test_a_rule_that_does_not_fit_its_step_is_told(files, filled, settings, line):
    with pytest.raises(InputError) as caught:
        check_rule("here", Path("scripts/p/train.py"), files, filled, settings)
    assert str(caught.value).startswith(line)


def test_a_rule_that_fits_passes():
    script = Path("scripts/p/train.py")
    check_rule("here", script, FILES, set(), SETTINGS)
    check_rule("here", script, FILES, {"width"}, SETTINGS | {"width": [1, 2]})


def test_values_become_options_in_the_order_of_the_signature():
    values = {
        "runs": ["a b", "c"],
        "figure": ["f.svg", "f.pdf"],
        "data": "d.npz",
        "width": 3,
        "epochs": 0.5,
        "biases": False,
        "strengths": [1.0, 0.1],
        "step": None,
        "unknown": 1,
    }
    assert command_line(Path("scripts/p/train.py"), values) == (
        "--data d.npz --figure f.svg --runs 'a b' c --width 3 --epochs 0.5 --no-biases"
        " --strengths 1.0 0.1"
    )
