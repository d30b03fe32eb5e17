"""Filters of numbers, money, days and contacts; a builtin of every template."""

from django import template

register = template.Library()
