from tests.fuzz.world import MAKERS
from tests.support.routes import api_routes
from tests.support.things import thing_at


def test_the_fuzzer_can_make_whatever_a_path_asks_for():
    asked_for = {thing_at(route.path) for route in api_routes() if "<id:pk>" in route.path}

    assert asked_for - {"session"} <= MAKERS.keys()
