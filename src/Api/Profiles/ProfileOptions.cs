using System.ComponentModel.DataAnnotations;

namespace Messaging.Api.Profiles;

/// <summary>Settings of the profile cache; section <c>Profiles</c>.</summary>
internal sealed class ProfileOptions
{
    /// <summary>
    /// How long a profile is served from memory. Change events drop it much earlier; this limit is for changes without an event,
    /// such as a manual change in the database. Default 1 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan CacheLifetime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The maximum size of all cached profiles, as JSON in bytes; the objects take several times as much. Default 4 MiB, which is
    /// about 25,000 profiles.
    /// </summary>
    [Range(1_024, 1_024 * 1_024 * 1_024)]
    public int CacheBytes { get; set; } = 4 * 1_024 * 1_024;
}
