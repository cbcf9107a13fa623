using Microsoft.Extensions.Configuration;

namespace Messaging.ServiceDefaults.Settings;

/// <summary>
/// Settings as files, each named like its setting (<c>Database__Password</c>): what a container engine mounts as secrets is neither in the environment of the
/// process nor in what the engine tells of the container. A file goes before any other source of the setting.
/// </summary>
internal static class SecretFiles
{
    /// <summary>The setting that names another folder.</summary>
    public const string Folder = "Secrets:Folder";

    /// <summary>Where engines mount them. It need not be there.</summary>
    private const string Default = "/run/secrets";

    /// <exception cref="DirectoryNotFoundException">The settings name a folder that there is not.</exception>
    public static void AddSecretFiles(this IConfigurationManager configuration)
    {
        var folder = configuration[Folder];
        if (folder is not null && !Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{Folder} is '{folder}', and there is no such folder.");
        }

        configuration.AddKeyPerFile(Path.GetFullPath(folder ?? Default), optional: true);
    }
}
