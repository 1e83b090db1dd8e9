"""The three looks of the portal: 大汉, TRS, and a list that only exists after its script ran."""
