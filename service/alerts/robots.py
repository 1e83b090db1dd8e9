"""Group robots and webhooks. Apprise knows their addresses, keys, signatures and limits; what a robot answers is read here.

Apprise takes HTTP 200 for success, but these robots answer 200 with an error code in the body when a key, a keyword or a rate is wrong.
"""

import base64
import hashlib
import hmac
import json
import os
import time
from collections.abc import Mapping
from typing import Any, Literal

from core.config import County
from service.alerts.channels import Outgoing, Sender, Undelivered, Unusable
from service.alerts.entries import Channel

CONNECT_SECONDS, READ_SECONDS = 5.0, 10.0
_ANSWER_BYTES = 64_000
_NAMES = {"wecom": "企业微信", "dingtalk": "钉钉", "feishu": "飞书", "webhook": "webhook"}


def robot_sender(name: str, channel: Channel, county: County, environment: Mapping[str, str] = os.environ, seconds: float = READ_SECONDS) -> Sender:
    """The robot or webhook of a channel, or why it cannot be used."""
    for variable in channel.secrets():
        if not environment.get(variable):
            return Unusable(f"渠道“{name}”需要的环境变量 {variable} 没有设置")
    from apprise.exception import AppriseImproperlyConfigured

    try:
        target = _webhook(channel, environment) if channel.kind == "webhook" else _robot(channel, environment)
    except (AppriseImproperlyConfigured, ValueError):
        wrong = channel.token_env or channel.url_env
        return Unusable(f"渠道“{name}”的环境变量 {wrong} 内容不对，请核对{_NAMES[channel.kind]}给出的地址或密钥")
    return RobotSender(name, channel, county, target, seconds, environment.get(channel.secret_env or "", ""))


def _robot(channel: Channel, environment: Mapping[str, str]) -> str:
    """The address to post to: Apprise checks the key and knows the server; `base` replaces the server."""
    token = environment.get(channel.token_env or "", "").strip()
    if channel.kind == "wecom":
        from apprise.plugins.wecombot import NotifyWeComBot

        address: str = NotifyWeComBot(key=token).api_url  # type: ignore[no-untyped-call]
    elif channel.kind == "dingtalk":
        from apprise.plugins.dingtalk import NotifyDingTalk

        address = NotifyDingTalk.notify_url.format(token=NotifyDingTalk(token=token).token)  # type: ignore[no-untyped-call]
    else:
        from apprise.plugins.feishu import NotifyFeishu

        address = NotifyFeishu.notify_url.format(token=NotifyFeishu(token=token).token).rstrip("/")  # type: ignore[no-untyped-call]
    if channel.base:
        address = channel.base + address[address.index("/", len("https://")) :]
    return address


def _webhook(channel: Channel, environment: Mapping[str, str]) -> str:
    from apprise.plugins.custom_json import NotifyJSON

    address = environment.get(channel.url_env or "", "").strip()
    scheme, _, rest = address.partition("://")
    apprise = f"json{'s' if scheme == 'https' else ''}://{rest}"
    if scheme not in ("http", "https") or not NotifyJSON.parse_url(apprise):  # type: ignore[no-untyped-call]
        raise ValueError("not an address")
    return address


class RobotSender:
    """Posts to one robot; at most `per_round` messages a round, for robots that are asked more often stop answering."""

    def __init__(self, name: str, channel: Channel, county: County, address: str, seconds: float, secret: str) -> None:
        self._name, self._channel, self._county, self._address, self._seconds, self._secret = name, channel, county, address, seconds, secret
        self._left = channel.per_round

    def send(self, message: Outgoing) -> None:
        if self._left <= 0:
            raise Undelivered(f"渠道“{self._name}”这一轮已发满 {self._channel.per_round} 条，下一轮再发", down=True)
        self._left -= 1
        body, headers, parameters = self._request(message)
        self._judge(*self._post(body, headers, parameters))

    def close(self) -> None:
        """Nothing stays open."""

    def _request(self, message: Outgoing) -> tuple[bytes, dict[str, str], dict[str, str]]:
        payload, parameters = self._payload(message), {}
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Xuncha"}
        stamp = str(int(time.time()))
        if self._secret and self._channel.kind == "dingtalk":
            stamp += "000"
            parameters = {"timestamp": stamp, "sign": self._sign(self._secret, f"{stamp}\n{self._secret}")}
        if self._secret and self._channel.kind == "feishu":
            payload |= {"timestamp": stamp, "sign": self._sign(f"{stamp}\n{self._secret}", "")}
        body = json.dumps(payload, ensure_ascii=False).encode()
        if self._channel.kind == "webhook":
            headers["Idempotency-Key"] = message.key
            if self._secret:
                headers["X-Xuncha-Signature"] = "sha256=" + hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()
        return body, headers, parameters

    @staticmethod
    def _sign(key: str, text: str) -> str:
        return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()

    def _payload(self, message: Outgoing) -> dict[str, Any]:
        if self._channel.kind == "feishu":
            return {"msg_type": "text", "content": {"text": message.short}}
        if self._channel.kind != "webhook":
            return {"msgtype": "text", "text": {"content": message.short}}
        kind: Literal["success", "failure", "warning"] = (
            "success" if message.kind == "all-clear" else "failure" if message.severity in ("veto", "error") else "warning"
        )
        return {  # the shape of Apprise's json://, and what a program wants to know beside it
            "version": "1.0",
            "title": message.subject,
            "message": message.body,
            "type": kind,
            "id": message.key,
            "kind": message.kind,
            "county": message.county,
            "unit": message.unit,
            "severity": message.severity,
            "link": message.link,
        }

    def _post(self, body: bytes, headers: Mapping[str, str], parameters: Mapping[str, str]) -> tuple[int, bytes]:
        import requests

        try:
            with requests.post(
                self._address,
                data=body,
                headers=headers,
                params=parameters,
                timeout=(CONNECT_SECONDS, self._seconds),
                allow_redirects=False,
                stream=True,
            ) as answer:
                return answer.status_code, next(answer.iter_content(_ANSWER_BYTES), b"")
        except requests.exceptions.Timeout:
            reason = "没有应答（超时）"
        except requests.exceptions.SSLError:
            reason = "证书不受信任"
        except requests.exceptions.ConnectionError:
            reason = "连接失败"
        except requests.exceptions.RequestException as error:  # its text holds the address, and that holds the key
            reason = f"发送失败（{type(error).__name__}）"
        raise Undelivered(f"渠道“{self._name}”（{_NAMES[self._channel.kind]}）{reason}", down=True)

    def _judge(self, status: int, answer: bytes) -> None:
        """Raise unless the robot says that it has taken the message."""
        shown = f"渠道“{self._name}”（{_NAMES[self._channel.kind]}）"
        if not 200 <= status < 300:
            raise Undelivered(f"{shown}答复 HTTP {status}", down=status >= 500 or status == 429)
        if self._channel.kind == "webhook":
            return
        try:
            said = json.loads(answer)
        except ValueError:
            said = None
        code = said.get("errcode", said.get("code", said.get("StatusCode"))) if isinstance(said, dict) else None
        if code is None:
            raise Undelivered(f"{shown}的答复读不懂，请核对地址")
        if code != 0:
            raise Undelivered(f"{shown}拒收（错误码 {code}），请核对密钥、关键词和安全设置")
