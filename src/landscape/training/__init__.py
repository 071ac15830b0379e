"""Training of two-layer ReLU networks, all replicates and strengths of an experiment at once."""

from landscape.training.data import Samples, Teacher
from landscape.training.evaluate import Evaluation, discrepancies, evaluate
from landscape.training.runs import Runs, Settings, initial_weights
from landscape.training.stack import Trained, train

__all__ = [
    "Evaluation",
    "Runs",
    "Samples",
    "Settings",
    "Teacher",
    "Trained",
    "discrepancies",
    "evaluate",
    "initial_weights",
    "train",
]
