"""The HTML tags that stand on lines of their own when a page is read, wherever it is read."""

BLOCKS = frozenset(
    """
    address article aside blockquote caption center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header
    legend li main menu nav ol p pre section summary table tbody tfoot thead tr ul
    """.split()
)
