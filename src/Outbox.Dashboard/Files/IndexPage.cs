using System.Collections.Concurrent;
using System.Text;
using System.Text.Encodings.Web;

namespace Messaging.Outbox.Dashboard.Files;

/// <summary>
/// The only page. Its <c>base</c> is where the dashboard is, behind whatever path base, prefix or proxy, so that all its other addresses are
/// relative.
/// </summary>
internal static class IndexPage
{
    /// <summary>Path bases come from the application and its proxies, and are few; more are made anew each time.</summary>
    private const int MaxKept = 16;

    private const string Base = "<base href=\"/dashboard/\">";

    private static readonly ConcurrentDictionary<string, Asset> ByBase = new(StringComparer.Ordinal);

    /// <param name="root">The dashboard's own path, encoded, with a slash at the end.</param>
    public static Asset At(string root)
    {
        if (ByBase.TryGetValue(root, out var page))
        {
            return page;
        }

        page = Make(root);
        return ByBase.Count < MaxKept ? ByBase.GetOrAdd(root, page) : page;
    }

    private static Asset Make(string root)
    {
        var html = Encoding.UTF8.GetString(Assets.All[Assets.Index].Content);
        return new Asset(Assets.Index, Encoding.UTF8.GetBytes(html.Replace(Base, $"<base href=\"{HtmlEncoder.Default.Encode(root)}\">", StringComparison.Ordinal)));
    }
}
