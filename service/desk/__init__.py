"""The desk: the pages of the office, server-rendered in Chinese. `opening.open_desk` prepares Django; `urls` names the pages; `access` says who may see what."""
