"""How we are spoken to: one folder per dialect. They translate, call core and translate back."""
