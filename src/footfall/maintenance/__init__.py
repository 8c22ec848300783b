"""What is done to a data folder beside collecting into it: jobs, when each is due, and who carries them out."""
