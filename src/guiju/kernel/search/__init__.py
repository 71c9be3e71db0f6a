"""Search by characters, pinyin, initials and number tails."""
