"""Loss landscapes of linear and ReLU networks: the mathematics, and the evidence for it."""
