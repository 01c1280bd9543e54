"""Who says what in a report: names of speakers, reporting frames, how far each reaches."""
