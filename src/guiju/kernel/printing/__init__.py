"""Print forms as PDF, in the layout offices use."""
