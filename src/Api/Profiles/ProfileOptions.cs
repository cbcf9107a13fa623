using System.ComponentModel.DataAnnotations;

namespace Messaging.Api.Profiles;

/// <summary>How profiles are cached; section <c>Profiles</c>.</summary>
internal sealed class ProfileOptions
{
    /// <summary>
    /// How long a profile is served from memory. A change is heard of much earlier; this is the bound for what nobody was told, as a
    /// row that was changed by hand. Default 1 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan CacheLifetime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The size of all profiles in memory, as JSON in bytes; the objects themselves take a few times as much. Default 4 MiB, which
    /// is about 25,000 profiles.
    /// </summary>
    [Range(1_024, 1_024 * 1_024 * 1_024)]
    public int CacheBytes { get; set; } = 4 * 1_024 * 1_024;
}
