"""Whether the server can listen where it is told to."""

import socket

import click


def demand_free(host: str, port: int) -> None:
    """Refuse with a sentence, before a company is made up, which takes a while."""
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE):
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
    except OSError as error:
        another = "Choose another one with --port or REDRESS_PORT."
        raise click.ClickException(f"Redress cannot listen on {host}:{port}: {error.strerror}. {another}") from error
