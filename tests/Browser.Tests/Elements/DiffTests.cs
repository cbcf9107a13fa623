using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>What an edit changes.</summary>
public sealed class DiffTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    private protected override bool NeedsFrame => false;

    [Theory]
    [InlineData("a b c d", "a x c e d", " a|-b|+x| c|+e| d")]
    [InlineData("a", "a", " a")]
    [InlineData("a b", "b", "-a| b")]
    [InlineData("a", "a b c", " a|+b|+c")]
    public async Task Lines_are_removed_and_added_and_others_stay(string before, string after, string expected) =>
        Assert.Equal(expected, await Page.EvaluateAsync<string>(
            """
            async ([before, after]) => {
              const { diff } = await import('/dashboard/lib/diff.js');
              return diff(before.replaceAll(' ', '\n'), after.replaceAll(' ', '\n')).map(line => line.sign + line.text).join('|');
            }
            """,
            new[] { before, after }));

    [Fact]
    public async Task Texts_beyond_the_bound_are_compared_at_once()
    {
        var signs = await RunAsync<int[]>(
            """
            const { diff } = await import('/dashboard/lib/diff.js');
            const text = word => Array.from({ length: 3000 }, (_, i) => `${word}${i}`).join('\n');
            const lines = diff(`same\n${text('a')}\nsame`, `same\n${text('b')}\nsame`);
            return [' ', '-', '+'].map(sign => lines.filter(line => line.sign === sign).length);
            """);

        Assert.Equal([2, 3000, 3000], signs);
    }

    [Fact]
    public async Task Lines_far_from_a_change_are_folded()
    {
        await DrawAsync("ob-diff", "{ before: Array.from({ length: 20 }, (_, i) => i).join('\\n'), after: Array.from({ length: 20 }, (_, i) => i === 10 ? 'x' : i).join('\\n') }");

        await Expect(Drawn).ToContainTextAsync("1 line added, 1 line removed");
        await Expect(Drawn).ToContainTextAsync("7 lines unchanged");
        await Expect(Drawn.Locator("tr")).ToHaveCountAsync(10);
    }

    [Fact]
    public async Task Text_that_is_no_json_object_is_said_while_one_edits()
    {
        await DrawAsync("ob-edit", "{ text: '{ \"a\": 1 }', label: 'Message', onedit: edit => window.edit = edit }");
        var area = Drawn.GetByLabel("Message");
        await area.FillAsync("{ \"a\": 2, }");
        await Expect(Drawn.GetByRole(AriaRole.Status)).ToContainTextAsync("This is not JSON");
        await area.FillAsync("[]");
        await Expect(Drawn.GetByRole(AriaRole.Status)).ToHaveTextAsync("It has to be a JSON object.");
        await area.FillAsync("{ \"a\": 2 }");
        await Expect(Drawn.GetByRole(AriaRole.Status)).ToHaveTextAsync("");

        Assert.Equal("""{"text":"{ \"a\": 2 }","isChanged":true,"error":null}""", await RunAsync<string>("return JSON.stringify(edit);"));
    }

    [Fact]
    public async Task Numbers_that_javascript_cannot_hold_stay_as_written()
    {
        const string text = """{"id":9007199254740993,"part":0.12345678901234567891,"small":1.5}""";

        Assert.Equal(text, await RunAsync<string>($"const {{ parse }} = await import('/dashboard/lib/json.js'); return JSON.stringify(parse('{text}'));"));
        await DrawAsync("ob-json", "{ value: (await import('/dashboard/lib/json.js')).parse('{\"id\":9007199254740993}') }");
        await Expect(Drawn).ToContainTextAsync("9007199254740993");
    }
}
