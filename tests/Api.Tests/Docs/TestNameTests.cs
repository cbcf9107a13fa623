using System.Text.RegularExpressions;

namespace Messaging.Api.Tests.Docs;

/// <summary>A test's name is a short sentence in the field's words (docs/glossary.md).</summary>
public sealed partial class TestNameTests
{
    private const int MostWords = 12;

    private static readonly IReadOnlyList<string> Names =
        [.. TestNames.All.Where(type => type.Key.EndsWith("Tests", StringComparison.Ordinal)).SelectMany(type => type).Distinct(StringComparer.Ordinal)];

    [Fact]
    public void NamesAreShort()
    {
        Assert.True(Names.Count > 900);
        Every.IsRight(Names.Where(name => Word().Count(name) > MostWords));
    }

    [Fact]
    public void NamesHaveTheFieldsWords() => Every.IsRight(Names.Where(name => Dialect().IsMatch(name)));

    // Of "AMessage_is_read" they are A, Message, is and read.
    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]|[0-9]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Word();

    [GeneratedRegex(
        "_?(stranger|hand(s|ed)_on|hands_off|in_hand|g(ave|iven|ives)_up|h(eld|olds)_up|put_off|set_aside|says_so|suspect|condemned|verdict|truth_value|nobody_follows)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Dialect();
}
