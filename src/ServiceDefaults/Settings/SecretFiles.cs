using Microsoft.Extensions.Configuration;

namespace Messaging.ServiceDefaults.Settings;

/// <summary>
/// Reads settings from files that are named like the setting (<c>Database__Password</c>). Secrets that a container engine mounts
/// as files are neither in the process's environment nor in the engine's description of the container. A file overrides all other
/// sources of the setting.
/// </summary>
internal static class SecretFiles
{
    private const string Section = "Secrets", Folder = $"{Section}:{nameof(SecretFilesOptions.Folder)}";

    /// <summary>The section, so that misspelt settings in it are reported.</summary>
    public static SettingsSection Known { get; } = new(Section, typeof(SecretFilesOptions));

    /// <exception cref="DirectoryNotFoundException">The configured folder does not exist.</exception>
    public static void AddSecretFiles(this IConfigurationManager configuration)
    {
        var folder = configuration[Folder];
        if (folder is not null && !Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{Folder} is '{folder}', which does not exist.");
        }

        configuration.AddKeyPerFile(Path.GetFullPath(folder ?? new SecretFilesOptions().Folder), optional: true);
    }
}

/// <summary>Settings of the secret files; section <c>Secrets</c>. Read before the host is built.</summary>
internal sealed class SecretFilesOptions
{
    /// <summary>
    /// The folder. Default: where container engines mount secrets. The default folder may be missing, a configured one must
    /// exist.
    /// </summary>
    public string Folder { get; set; } = "/run/secrets";
}
