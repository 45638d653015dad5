"""Follow in a real browser: from a click on a firm, from the list, by a link."""

from conftest import wait_for_runs

# The runs that the tests of all pages have asked for already.
LIST = "/follow?pack=valley"


def settled(page):
    wait_for_runs(page, within=".follow")


def test_a_life_is_chosen_and_read_in_three_languages(visit):
    page = visit(LIST)
    settled(page)
    assert page.locator(".lives a").count() >= 8
    page.get_by_text("A worker who leaves the plant").first.click()
    page.wait_for_selector(".parted")
    assert "worker=" in page.url
    side = page.locator(".follow .side-a")
    assert "the plant" in side.inner_text()
    assert "January 2023" in page.locator(".follow .shared time").first.inner_text()
    assert page.locator(".lanes path").count() == 2
    # Every chart is a table too.
    page.locator(".chart .tools button").first.click()
    assert page.locator(".chart table tbody tr").count() == 20
    for code, words in (("ru", "обе жизни"), ("ky", "эки өмүр")):
        page.locator(".speak select").select_option(code)
        page.wait_for_function(
            "(words) => document.querySelector('.parted').textContent.includes(words)", arg=words
        )
    page.locator(".others a").first.click()
    page.wait_for_function("() => location.search.includes('firm=')")
    page.wait_for_selector(".follow .chart")
    page.go_back()
    page.wait_for_function("() => location.search.includes('worker=')")
    page.wait_for_selector(".lanes")


def test_a_firm_that_is_looked_at_can_be_followed(visit):
    page = visit("/explore?pack=valley")
    wait_for_runs(page)
    look = page.get_by_label("Look at")
    firm = look.locator("option[value^='firm']").first.get_attribute("value")
    look.select_option(firm)
    page.get_by_role("button", name="Follow this firm").click()
    page.wait_for_selector(".follow .parted")
    assert "pack=valley" in page.url
    assert page.text_content(".follow h1") == "Valley Motors"
    page.get_by_role("link", name="Change them in Explore").click()
    page.wait_for_selector(".explore")
    assert "pack=valley" in page.url


def test_a_link_to_nobody_says_so_and_offers_others(visit):
    page = visit("/follow?pack=valley&firm=zwei&seed=0")
    settled(page)
    notice = page.text_content(".follow .notice")
    assert "“zwei”" in notice
    assert "0 became 1" in notice
    assert page.locator(".lives a").count() > 4
    page = visit("/follow?pack=valley&a=world%3Dplan&worker=18446744073709551615")
    page.get_by_text("Nobody with the identity 18446744073709551615").wait_for(timeout=60_000)
    settled(page)
    assert "in world A" in page.text_content(".follow")
