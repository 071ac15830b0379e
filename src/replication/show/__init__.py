"""What readers see: figures, printed tables, pages and notebooks."""
