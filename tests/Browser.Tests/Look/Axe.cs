using Deque.AxeCore.Commons;
using Messaging.Browser.Tests.Browsing;

namespace Messaging.Browser.Tests.Look;

/// <summary>
/// Looks at a page with axe: with all rules in the light theme; in the dark one the same elements have other colours, and nothing else. The script is
/// loaded once for each page, and describes only what is wrong: of everything that is right, that takes longer than the looking.
/// </summary>
internal static class Axe
{
    private const string All = "{ resultTypes: ['violations'] }", Colours = "{ resultTypes: ['violations'], runOnly: { type: 'rule', values: ['color-contrast'] } }";

    private static readonly string Script = new BundledAxeScriptProvider().GetScript();

    /// <summary>What is wrong in the light theme and in the dark one.</summary>
    public static async Task<IReadOnlyList<string>> WrongInBothThemesAsync(Visit visit, string name)
    {
        var light = await WrongAsync(visit, name);
        await visit.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        var dark = await WrongAsync(visit, $"{name}, dark", Colours);
        await visit.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        return [.. light, .. dark];
    }

    /// <summary>What is wrong in the theme that is shown.</summary>
    public static async Task<IReadOnlyList<string>> WrongAsync(Visit visit, string name, string options = All)
    {
        if (!await visit.Page.EvaluateAsync<bool>("() => 'axe' in window"))
        {
            await visit.Page.EvaluateAsync($"() => {{ {Script} }}");
        }

        var found = await visit.Page.EvaluateAsync<string[]>(
            $$"""
            async () => {
              const { passes, violations } = await axe.run(document, {{options}});
              if (!passes.length) throw new Error('axe has looked at nothing.');
              return violations.flatMap(({ id, help, nodes }) => nodes.map(node => `${id} (${help}) at ${node.target}: ${node.html}`));
            }
            """);
        return [.. found.Select(what => $"{name}: {what}")];
    }
}
