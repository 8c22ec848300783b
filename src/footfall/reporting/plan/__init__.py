"""What the commands of `footfall plan` print: findings in every form, comparisons, lifecycles, impact, scans."""
