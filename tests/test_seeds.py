import numpy as np
import pytest

from landscape.seeds import generator


def test_a_stream_is_its_root_and_name():
    def draw(*name):
        return generator(*name).integers(2**62, size=4).tolist()

    assert draw(0, "table1", 3) == draw(0, "table1", 3)
    different = [
        draw(0, "table1", 3),
        draw(1, "table1", 3),
        draw(0, "table1", 4),
        draw(0, "table3"),
    ]
    assert len({tuple(values) for values in different}) == 4


def test_bits_are_those_of_every_release():
    # The first draws of a named stream; a change would silently change every result.
    assert generator(0, "xie2017", "table1").integers(1000, size=3).tolist() == [648, 539, 21]


def test_streams_of_one_experiment_are_uncorrelated():
    draws = np.stack([generator(0, "x", run).standard_normal(4000) for run in range(20)])
    correlations = np.corrcoef(draws)[np.triu_indices(20, 1)]
    assert np.abs(correlations).max() < 5 / np.sqrt(4000)


def test_negative_root():
    with pytest.raises(ValueError, match="at least 0, got -1"):
        generator(-1, "x")
