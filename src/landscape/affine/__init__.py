"""Networks beside affine functions: affine targets, and activations with an affine segment."""
