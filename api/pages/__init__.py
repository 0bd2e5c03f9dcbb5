"""The pages: server-rendered, for people. Each module is one kind of user; all call what the JSON API calls."""

from flask import Blueprint, Flask, redirect
from werkzeug.wrappers import Response

from api.pages import (
    administration,
    assets,
    attachment_page,
    choose_password,
    claims,
    cockpit,
    comment_forms,
    complain,
    complaint_links,
    complaint_list,
    complaint_page,
    complaint_words,
    conversation,
    door,
    errors,
    hand_over,
    inbox,
    inbox_actions,
    inbox_bulk,
    inbox_saved,
    instance_page,
    language,
    live,
    navigation,
    notification_list,
    problems,
    public_files,
    public_words,
    repairs,
    report_words,
    reports,
    running_instances,
    search,
    security,
    settings,
    sign_in,
    staff_intake,
    standing,
    status,
    studio,
    task_page,
    uploads,
    wording,
)

__all__ = ["errors", "register"]


PAGES = (
    sign_in,
    inbox,
    inbox_actions,
    inbox_bulk,
    inbox_saved,
    hand_over,
    live,
    task_page,
    complaint_list,
    complaint_page,
    complaint_links,
    staff_intake,
    claims,
    complain,
    status,
    conversation,
    comment_forms,
    attachment_page,
    search,
    studio,
    running_instances,
    uploads,
    instance_page,
    cockpit,
    repairs,
    reports,
    settings,
    notification_list,
    administration,
    choose_password,
)


def register(app: Flask) -> None:
    """Add every page to the app."""
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    app.config["SESSION_COOKIE_NAME"] = "redress_form"
    app.session_interface = security.PageSessions()
    language.babel.init_app(app, locale_selector=language.babel_locale, timezone_selector=language.time_zone)
    wording.register(app)
    public_words.register(app)
    public_files.register(app)
    complaint_words.register(app)
    report_words.register(app)
    assets.register(app)
    app.jinja_env.filters["problem_sentence"] = problems.sentence
    pages = Blueprint("pages", __name__)
    pages.before_request(door.enter)
    pages.before_request(standing.remember)
    pages.add_url_rule("/", "home", home)
    for module in PAGES:
        module.register(pages)
    app.register_blueprint(pages)
    app.after_request(security.protect)
    app.context_processor(navigation.context)


def home() -> Response:
    """Everybody starts where their work is."""
    return redirect(navigation.start())
