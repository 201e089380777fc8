from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bench.naive.models import Card


def cards(request: HttpRequest) -> HttpResponse:
    return render(request, "cards.html", {"cards": Card.objects.order_by("name")[:20]})


def empty(request: HttpRequest, **parts: object) -> HttpResponse:
    return HttpResponse("")
