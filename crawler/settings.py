"""Scrapy settings. What a county says (contact, delay, timeout, robots) is laid over them when a spider is made."""

BOT_NAME = "xuncha"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
ITEM_PIPELINES = {"crawler.pipelines.StorePipeline": 300}

USER_AGENT = "Xuncha/1.0"
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "Xuncha"
EXTENSIONS = {"scrapy.extensions.throttle.AutoThrottle": None, "crawler.manners.HostThrottle": 0}
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 30.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 2

DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 20 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DNS_TIMEOUT = 10
COOKIES_ENABLED = False
# Retries and redirects are `crawler.fetch`'s: with backoff, a breaker per host, and never to other schemes or private addresses.
RETRY_ENABLED = False
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
REFERER_ENABLED = False
# Nobody reads Scrapy's statistics, and no site of ours takes a user name and password; both cost time at every request.
DOWNLOADER_STATS = False
DOWNLOADER_MIDDLEWARES: dict[str, int | None] = {
    "crawler.captures.CaptureMiddleware": 50,  # nearest the engine: bodies arrive unpacked
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
}

TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
MEMUSAGE_ENABLED = True
MEMUSAGE_LIMIT_MB = 2048
LOG_LEVEL = "WARNING"
LOGSTATS_INTERVAL = 0
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.3",
}
PLAYWRIGHT_BROWSER_TYPE = "chromium"
PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT = 30_000
PLAYWRIGHT_MAX_PAGES_PER_CONTEXT = 3
