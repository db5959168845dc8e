"""Rule files to model and back: the one room that knows how a pack is written down."""
