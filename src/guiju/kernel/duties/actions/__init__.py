"""Acts on approvals, fines and single duties."""

from guiju.kernel.duties.actions import approvals, penalties, single

__all__ = ["approvals", "penalties", "single"]
