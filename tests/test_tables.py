from replication.run import write_table

import numpy as np
import pandas as pd


def test_three_forms_of_one_table(tmp_path):
    table = pd.DataFrame({"n_units": [1, 2], "loss": [1 / 3, np.nan], "x": [1e-7, 2.0]})
    path = tmp_path / "t.csv"
    write_table(table, path, {"x": ".1e"})
    pd.testing.assert_frame_equal(pd.read_csv(path), table)
    assert "|         1 | 0.3333 | 1.0e-07 |" in path.with_suffix(".md").read_text()
    tex = path.with_suffix(".tex").read_text()
    assert r"n\_units & loss & x" in tex
    assert r"2 &  & 2.0e+00 \\" in tex
