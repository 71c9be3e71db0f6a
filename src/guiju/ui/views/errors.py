"""Pages for what went wrong; the last one needs no database."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from guiju.law.text import T

WORDS = {
    400: (T("请求看不懂", "The request could not be read"), T("请返回上一页再试一次。", "Go back and try again.")),
    403: (
        T("不允许", "Not allowed"),
        T("页面可能已过期，请返回刷新后再试。", "The page may have expired; go back, reload and try again."),
    ),
    404: (
        T("没有找到", "Not found"),
        T("内容不存在，或者你无权查看。", "It does not exist, or it is not visible to you."),
    ),
    409: (
        T("与当前状态冲突", "In conflict with the present state"),
        T("请返回刷新后再试。", "Go back, reload and try again."),
    ),
    500: (
        T("系统出错", "Something went wrong here"),
        T("已经记录。请稍后再试。", "It has been recorded. Try again in a moment."),
    ),
}


def page(request: HttpRequest, status: int, *, reason: T | None = None, clause: str | None = None) -> HttpResponse:
    """Return an error page in the shell.

    Args:
        request: the request.
        status: 400, 403, 404, 409 or 500.
        reason: what exactly was refused.
        clause: the clause behind it.
    """
    title, advice = WORDS[status]
    context = {"title": title, "advice": reason or advice, "clause_id": clause, "status": status}
    response = render(request, "ui/error.html", context, status=status)
    if clause or reason:
        response["HX-Reswap"] = "innerHTML"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for a request that cannot be read."""
    return page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for a refusal, among others of a form without its token."""
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for what is missing or hidden."""
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Return a page that needs neither database nor session."""
    from django.template.loader import get_template

    return HttpResponse(get_template("ui/broken.html").render({}), status=500)
