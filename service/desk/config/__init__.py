"""配置 of the desk: the county's YAML files as lists and forms, changed in place without touching what surrounds the change."""
