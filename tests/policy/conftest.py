import pytest

from tests.policy.visitors import World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()
