using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>The filter bar, with the keyboard.</summary>
public sealed class ObFilterTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    private const string Fields =
        """
        [{ name: 'state', text: 'State', hint: 'one or more', values: ['Queued', 'Failed', 'Retrying'], isMany: true, check: value => value, wrong: '' },
         { name: 'queue', text: 'Queue', hint: '', suggest: async text => ['mail', 'logs'].filter(name => name.includes(text)).map(value => ({ value, text: 'a queue' })) },
         { name: 'key', text: 'Key', hint: '', isPair: true, suggest: async text => ['orderId'].filter(name => name.includes(text)).map(value => ({ value, text: 'a search key' })), check: value => /:./.test(value) ? value : null, wrong: '' },
         { name: 'from', text: 'From', hint: '', isTime: true, values: ['1h'], check: value => value === '1h' ? value : null, wrong: 'write 1h.' }]
        """;

    private ILocator Input => Drawn.GetByRole(AriaRole.Combobox);

    private ILocator Options => Drawn.GetByRole(AriaRole.Option);

    [Fact]
    public async Task A_field_and_a_value_are_chosen_with_arrow_keys()
    {
        await FilterAsync("{}");
        await Input.PressSequentiallyAsync("sta");
        await Input.PressAsync("ArrowDown");
        await Input.PressAsync("Enter");
        await Expect(Input).ToHaveValueAsync("state:");
        await Input.PressAsync("ArrowDown");
        await Input.PressAsync("ArrowDown");
        await Input.PressAsync("Enter");

        Assert.Equal("""{"state":"Failed"}""", await ChosenAsync());
        await Expect(Input).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_token_is_taken_at_the_space_after_it()
    {
        await FilterAsync("{ state: 'Failed' }");
        await Input.PressSequentiallyAsync("queue:mail ");

        Assert.Equal("""{"state":"Failed","queue":"mail"}""", await ChosenAsync());
    }

    [Fact]
    public async Task A_token_that_is_pasted_is_taken_and_leaves()
    {
        await FilterAsync("{}");
        await Input.FillAsync("state:Failed ");

        Assert.Equal("""{"state":"Failed"}""", await ChosenAsync());
        await Expect(Input).ToHaveValueAsync("");
    }

    [Fact]
    public async Task Values_that_the_service_knows_are_suggested()
    {
        await FilterAsync("{}");
        await Input.PressSequentiallyAsync("queue:lo");

        await Expect(Options).ToHaveCountAsync(1);
        await Options.ClickAsync();
        Assert.Equal("""{"queue":"logs"}""", await ChosenAsync());
    }

    [Fact]
    public async Task The_name_of_a_key_is_chosen_and_its_value_typed()
    {
        await FilterAsync("{}");
        await Input.PressSequentiallyAsync("key:ord");
        await Options.ClickAsync();
        await Expect(Input).ToHaveValueAsync("key:orderId:");
        await Input.PressSequentiallyAsync("42 ");

        Assert.Equal("""{"key":"orderId:42"}""", await ChosenAsync());
    }

    [Fact]
    public async Task A_beginning_is_enough_for_a_state()
    {
        await FilterAsync("{}");
        await Input.PressSequentiallyAsync("state:retr");
        await Input.PressAsync("Enter");

        Assert.Equal("""{"state":"Retrying"}""", await ChosenAsync());
    }

    [Fact]
    public async Task A_wrong_value_is_kept_and_the_reason_is_said()
    {
        await FilterAsync("{}");
        await Input.PressSequentiallyAsync("from:soon");
        await Input.PressAsync("Enter");

        await Expect(Drawn.GetByRole(AriaRole.Alert)).ToHaveTextAsync("From: write 1h.");
        await Expect(Input).ToHaveValueAsync("from:soon");
        Assert.Equal("null", await ChosenAsync());
    }

    [Fact]
    public async Task Backspace_takes_the_last_filter_back_to_edit_it()
    {
        await FilterAsync("{ queue: 'mail' }");
        await Input.PressAsync("Backspace");

        await Expect(Input).ToHaveValueAsync("queue:mail");
        Assert.Equal("{}", await ChosenAsync());
    }

    [Fact]
    public async Task Escape_gives_back_the_filter_that_is_edited()
    {
        await FilterAsync("{ queue: 'mail' }");
        await Input.PressAsync("Backspace");
        await Expect(Input).ToHaveValueAsync("queue:mail");

        await Input.PressAsync("Escape");

        await Expect(Input).ToHaveValueAsync("");
        Assert.Equal("""{"queue":"mail"}""", await ChosenAsync());
    }

    [Fact]
    public async Task Escape_closes_the_suggestions_and_keeps_the_text()
    {
        await FilterAsync("{}");
        await Input.PressSequentiallyAsync("st");
        await Expect(Options.First).ToBeVisibleAsync();
        await Input.PressAsync("Escape");

        await Expect(Options.First).ToBeHiddenAsync();
        await Expect(Input).ToHaveValueAsync("st");
    }

    private Task FilterAsync(string value) => DrawAsync("ob-filter", $"{{ label: 'Filter', fields: {Fields}, value: {value}, onfilter: value => window.chosen = value }}");

    private Task<string> ChosenAsync() => RunAsync<string>("return JSON.stringify(window.chosen ?? null);");
}
