"""The pages where an administrator creates accounts, and the access log."""

from playwright.sync_api import Page, expect

SECRET = "a long enough secret"


def test_a_new_account_is_in_the_access_log(page: Page) -> None:
    page.goto("/admin/accounts/user/add/")
    page.get_by_label("Email address").fill("new@example.com")
    page.get_by_label("Role").select_option(label="Viewer: sees and exports everything")
    page.locator("#id_password1").fill(SECRET)
    page.locator("#id_password2").fill(SECRET)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was added successfully")

    page.goto("/status/")
    page.get_by_role("link", name="Access log").click()

    expect(page.locator("tbody tr").first).to_contain_text("Changed an account new@example.com made")


def test_the_access_log_can_be_searched(page: Page) -> None:
    page.goto("/status/access/")
    page.get_by_role("searchbox").fill("nobody of that name")
    page.get_by_role("button", name="Show", exact=True).click()

    expect(page.get_by_role("heading", name="No line fits")).to_be_visible()
    page.get_by_role("link", name="Show everything").first.click()
    expect(page.locator("tbody tr").first).to_be_visible()


def test_buttons_have_borders_in_high_contrast_which_removes_their_color(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    page.goto("/admin/accounts/user/1/change/")
    for button in page.locator(".submit-row input, .object-tools a").all():
        assert button.evaluate("button => getComputedStyle(button).borderTopStyle") == "solid"
