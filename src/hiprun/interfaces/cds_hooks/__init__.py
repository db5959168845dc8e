"""CDS Hooks 2.0: the decisions of a pack as services that a clinical system calls."""

from hiprun.interfaces.cds_hooks.cards import card
from hiprun.interfaces.cds_hooks.hook_service import HOOK, BadRequestError, MissingPrefetchError, respond, services

__all__ = ["HOOK", "BadRequestError", "MissingPrefetchError", "card", "respond", "services"]
