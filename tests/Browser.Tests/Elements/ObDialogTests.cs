using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>The dialog before an act, the menu that leads to it, and the message after it.</summary>
public sealed class ObDialogTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    [Fact]
    public async Task A_failed_act_keeps_its_dialog_open()
    {
        await AskAsync("act: async ({ count }) => { if (count < 5) throw Object.assign(new Error('Too few.'), { errors: { count: ['At least 5.'] } }); return `${count} done.`; }");
        await Expect(Visit.Dialog).ToContainTextAsync("41");

        await Visit.Field("Count").FillAsync("3");
        await Visit.Dialog.GetByRole(AriaRole.Button, new() { Name = "Do it" }).ClickAsync();
        await Expect(Visit.Dialog.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Too few.");
        await Expect(Visit.Dialog).ToContainTextAsync("At least 5.");
        await Expect(Visit.Field("Count")).ToHaveValueAsync("3");

        await Visit.Field("Count").FillAsync("7");
        await Visit.ConfirmAsync("Do it");
        await Expect(Visit.Toasts).ToContainTextAsync("7 done.");
        Assert.True(await RunAsync<bool>("return await asked;"));
    }

    [Fact]
    public async Task Who_cancels_does_nothing_and_is_where_they_were()
    {
        await AskAsync("act: async () => window.isDone = true");

        await Page.Keyboard.PressAsync("Escape");

        await Expect(Visit.Dialog).ToBeHiddenAsync();
        Assert.False(await RunAsync<bool>("return await asked || Boolean(window.isDone);"));
        await Expect(Drawn.GetByText("Ask")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_body_without_fields_is_scrolled_by_the_keyboard()
    {
        await RunAsync("(await import('/dashboard/elements/ob-dialog.js')).ask({ title: 'Do it?', text: 'It is done.', action: 'Do it' });");

        await Expect(Visit.Dialog.Locator(".dialog-body")).ToHaveAttributeAsync("tabindex", "0");
        await Expect(Visit.Choice("Cancel")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task What_cannot_be_copied_yet_is_said()
    {
        await DrawAsync("ob-copy", "{ curl: true, text: () => JSON.parse('{') }");

        await Drawn.GetByRole(AriaRole.Button).ClickAsync();

        await Expect(Visit.Toasts).ToContainTextAsync("Nothing was copied: ");
    }

    [Theory]
    [InlineData("true", "Copied.")]
    [InlineData("false", "Nothing was copied: ")]
    public async Task Without_a_clipboard_it_is_said_whether_it_was_copied(string isCopied, string text)
    {
        await RunAsync($"navigator.clipboard.writeText = () => Promise.reject(new Error()); document.execCommand = () => {isCopied};");
        await DrawAsync("ob-copy", "{ text: '41' }");

        await Drawn.GetByRole(AriaRole.Button).ClickAsync();

        await Expect(Visit.Toasts).ToContainTextAsync(text);
        await Expect(Drawn.GetByRole(AriaRole.Button)).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_second_click_while_a_dialog_is_prepared_is_ignored()
    {
        var outcomes = await RunAsync<string[]>(
            """
            const { prepare } = await import('/dashboard/parts/prepare.js');
            let answer;
            const first = prepare(() => new Promise(resolve => answer = resolve));
            const second = await prepare(async () => 'second').catch(error => error.name);
            await new Promise(resolve => setTimeout(resolve, 500));
            const said = document.querySelector('ob-toasts').textContent;
            answer('first');
            return [second, said, await first, await prepare(async () => 'third')];
            """);

        Assert.Equal(["AbortError", "Loading …", "first", "third"], outcomes);
    }

    [Fact]
    public async Task A_dialog_leaves_with_its_page_and_does_nothing()
    {
        await AskAsync("act: async () => window.isDone = true");

        await RunAsync("(await import('/dashboard/lib/router.js')).navigate('queues');");

        await Expect(Visit.Heading("Queues")).ToBeVisibleAsync();
        await Expect(Visit.Dialog).ToHaveCountAsync(0);
        Assert.False(await RunAsync<bool>("return await asked || Boolean(window.isDone);"));
    }

    [Fact]
    public async Task While_it_works_Escape_does_not_hide_the_outcome()
    {
        await AskAsync("act: () => new Promise((resolve, reject) => window.refuse = () => reject(new Error('It is too late.')))");
        await Visit.Dialog.GetByRole(AriaRole.Button, new() { Name = "Do it" }).ClickAsync();

        await Page.Keyboard.PressAsync("Escape");
        await Page.Keyboard.PressAsync("Escape");
        await RunAsync("refuse();");

        await Expect(Visit.Dialog.GetByRole(AriaRole.Alert)).ToHaveTextAsync("It is too late.");
    }

    [Fact]
    public async Task Nobody_has_to_wait_for_an_answer_that_does_not_come()
    {
        await AskAsync("patience: 300, act: () => new Promise(resolve => window.finish = () => resolve('41 done.'))");
        await Visit.Choice("Do it").ClickAsync();

        await Visit.Choice("Close; it goes on").ClickAsync();

        await Expect(Visit.Dialog).ToHaveCountAsync(0);
        await Expect(Drawn.GetByText("Ask")).ToBeFocusedAsync();
        await RunAsync("finish();");
        await Expect(Visit.Toasts).ToContainTextAsync("41 done.");
        Assert.True(await RunAsync<bool>("return await asked;")); // so that the page shows what was done
    }

    [Fact]
    public async Task After_a_long_wait_an_error_is_shown_as_any_other()
    {
        await AskAsync("patience: 300, act: () => new Promise((resolve, reject) => window.refuse = () => reject(new Error('It is too late.')))");
        await Visit.Choice("Do it").ClickAsync();
        await Expect(Visit.Choice("Close; it goes on")).ToBeVisibleAsync();

        await RunAsync("refuse();");

        await Expect(Visit.Dialog.GetByRole(AriaRole.Alert)).ToHaveTextAsync("It is too late.");
        await Expect(Visit.Choice("Cancel")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_act_that_outlives_its_page_tells_its_outcome()
    {
        await AskAsync("act: () => new Promise(resolve => window.finish = () => resolve('41 done.'))");
        await Visit.Dialog.GetByRole(AriaRole.Button, new() { Name = "Do it" }).ClickAsync();
        await RunAsync("(await import('/dashboard/lib/router.js')).navigate('queues');");
        await Expect(Visit.Dialog).ToHaveCountAsync(0);

        await RunAsync("finish();");

        await Expect(Visit.Toasts).ToContainTextAsync("41 done.");
        Assert.False(await RunAsync<bool>("return await asked;")); // so that nobody is led away from the page that is open now
    }

    [Fact]
    public async Task A_menu_is_used_with_the_keyboard()
    {
        await DrawAsync("ob-menu", "{ label: 'Acts', items: [{ text: 'First', onclick: () => window.chosen = 1 }, { text: 'Second', onclick: () => window.chosen = 2 }] }");
        var button = Drawn.GetByRole(AriaRole.Button, new() { Name = "Acts" });
        await button.FocusAsync();

        await Page.Keyboard.PressAsync("Enter");
        await Expect(Page.GetByRole(AriaRole.Menuitem, new() { Name = "First" })).ToBeFocusedAsync();
        await Page.Keyboard.PressAsync("Escape");
        await Expect(button).ToBeFocusedAsync();
        await Expect(Page.GetByRole(AriaRole.Menu)).ToHaveCountAsync(0);

        await Page.Keyboard.PressAsync("ArrowDown");
        await Page.Keyboard.PressAsync("ArrowDown");
        await Page.Keyboard.PressAsync("Enter");
        Assert.Equal(2, await RunAsync<int>("return window.chosen;"));
    }

    [Fact]
    public async Task A_menu_that_was_just_closed_opens_again_at_once()
    {
        await DrawAsync("ob-menu", "{ label: 'Acts', items: [{ text: 'First', onclick: () => { } }] }");

        Assert.True(await RunAsync<bool>(
            """
            const button = root.querySelector('ob-menu button');
            const press = (on, key) => on.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
            button.click();
            press(root.querySelector('[role=menu]'), 'Escape');
            press(button, 'ArrowDown');
            await new Promise(resolve => setTimeout(resolve, 100));
            return root.querySelector('[role=menu]:popover-open') !== null;
            """));
    }

    private async Task AskAsync(string act)
    {
        await RunAsync(
            $$"""
            const { ask } = await import('/dashboard/elements/ob-dialog.js');
            render(root, h('button', { onclick: () => window.asked = ask({ title: 'Do it?', action: 'Do it', figures: [['Waits', '41']],
              fields: [{ name: 'count', label: 'Count', type: 'number', value: 1 }], {{act}} }) }, 'Ask'));
            """);
        await Drawn.GetByText("Ask").ClickAsync();
        await Expect(Visit.Dialog).ToBeVisibleAsync();
    }
}
