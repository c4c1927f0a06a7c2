"""What a diagram shows, as data: cards, frames and lines, from the IR. The drawing backends share it."""
