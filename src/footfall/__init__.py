"""footfall: behavioural analytics without JavaScript."""
