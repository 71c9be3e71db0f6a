"""RFC 9457 problem documents: what went wrong, why, under which clause, at which field."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from guiju.law.text import T

CONTENT_TYPE = "application/problem+json; charset=utf-8"

TITLES: dict[int, T] = {
    400: T("请求看不懂", "The request could not be read"),
    401: T("请先登录", "Sign in first"),
    403: T("不允许", "Not allowed"),
    404: T("没有找到", "Not found"),
    405: T("不支持这种方法", "Method not allowed"),
    409: T("与当前状态冲突", "In conflict with the present state"),
    413: T("内容太大", "Too large"),
    415: T("不支持这种格式", "Unsupported media type"),
    422: T("填写有误", "The input is not valid"),
    429: T("请求太频繁", "Too many requests"),
    500: T("系统出错", "Something went wrong here"),
    503: T("系统暂时不可用", "Temporarily unavailable"),
}


def problem(
    status: int,
    *,
    detail: T | str | None = None,
    clause: str | None = None,
    errors: Sequence[Mapping[str, Any]] = (),
    request: HttpRequest | None = None,
) -> HttpResponse:
    """Return a problem document.

    Args:
        status: HTTP status.
        detail: the reason in the reader's language.
        clause: id of the clause behind a refusal.
        errors: per field ``{"field", "message"}``.
        request: its request id becomes ``instance``.
    """
    language = get_language() or "zh-hans"
    body: dict[str, Any] = {
        "type": f"urn:guiju:problem:{status}",
        "title": TITLES[status].in_language(language),
        "status": status,
    }
    if detail:
        body["detail"] = detail.in_language(language) if isinstance(detail, T) else detail
    if clause:
        body["clause"] = clause
    if errors:
        body["errors"] = [dict(error) for error in errors]
    request_id = getattr(request, "request_id", None)
    if request_id:
        body["instance"] = f"urn:uuid:{request_id}"
    response = HttpResponse(json.dumps(body, ensure_ascii=False), content_type=CONTENT_TYPE, status=status)
    response["Cache-Control"] = "no-store"
    return response
