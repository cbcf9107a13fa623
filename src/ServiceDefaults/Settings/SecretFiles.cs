using Microsoft.Extensions.Configuration;

namespace Messaging.ServiceDefaults.Settings;

/// <summary>
/// Settings as files, each named like its setting (<c>Database__Password</c>): what a container engine mounts as secrets is neither in the environment of the
/// process nor in what the engine tells of the container. A file goes before any other source of the setting.
/// </summary>
internal static class SecretFiles
{
    private const string Section = "Secrets", Folder = $"{Section}:{nameof(SecretFilesOptions.Folder)}";

    /// <summary>The section, by which a misspelt setting is noticed.</summary>
    public static SettingsSection Known { get; } = new(Section, typeof(SecretFilesOptions));

    /// <exception cref="DirectoryNotFoundException">The settings name a folder that there is not.</exception>
    public static void AddSecretFiles(this IConfigurationManager configuration)
    {
        var folder = configuration[Folder];
        if (folder is not null && !Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{Folder} is '{folder}', and there is no such folder.");
        }

        configuration.AddKeyPerFile(Path.GetFullPath(folder ?? new SecretFilesOptions().Folder), optional: true);
    }
}

/// <summary>Where settings lie as files; section <c>Secrets</c>. Read before there is a host.</summary>
internal sealed class SecretFilesOptions
{
    /// <summary>Default where engines mount them, which need not be there; another folder has to be.</summary>
    public string Folder { get; set; } = "/run/secrets";
}
