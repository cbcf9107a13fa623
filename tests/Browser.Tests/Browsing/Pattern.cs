using System.Text.RegularExpressions;

namespace Messaging.Browser.Tests.Browsing;

/// <summary>Patterns for Playwright, which runs them in the browser.</summary>
internal static class Pattern
{
    public static Regex Of(string pattern) => new(pattern, RegexOptions.None, TimeSpan.FromSeconds(1));
}
