# Two images from one file: `--target api` and `--target worker`.

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS sdk
WORKDIR /repo

# Only the files that determine the packages, so that the restore is cached until one of them changes.
FROM sdk AS packages
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props ./
COPY src/ src/
RUN find src -type f ! -name '*.csproj' ! -name '*.props' ! -name 'packages.lock.json' -delete

FROM sdk AS build
COPY --from=packages /repo ./

# Locked: the build fails unless the packages match the hashes in the lock files.
RUN dotnet restore src/Api/Api.csproj --locked-mode \
 && dotnet restore src/Worker/Worker.csproj --locked-mode

# .editorconfig sets the severities of the analyzers.
COPY .editorconfig ./
COPY src/ src/

FROM build AS publish-api
RUN dotnet publish src/Api/Api.csproj --no-restore -c Release -o /out -p:UseAppHost=false

FROM build AS publish-worker
# SkiaSharp contains native libraries for all platforms, 600 MB in total.
RUN dotnet publish src/Worker/Worker.csproj --no-restore -c Release -o /out -p:UseAppHost=false \
 && find /out/runtimes -mindepth 1 -maxdepth 1 ! -name linux-x64 ! -name linux-arm64 ! -name unix -exec rm -r {} +

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS runtime
WORKDIR /app
# The mount point of the volume for files: a new volume gets its owner.
RUN mkdir /files && chown $APP_UID /files
# The base image's user `app`, which can read /app but not write to it.
USER $APP_UID
EXPOSE 8080

# Exec form, so that the process has PID 1 and receives the SIGTERM that starts a graceful shutdown.
FROM runtime AS api
COPY --from=publish-api /out ./
ENTRYPOINT ["dotnet", "Messaging.Api.dll"]

FROM runtime AS worker
COPY --from=publish-worker /out ./
ENTRYPOINT ["dotnet", "Messaging.Worker.dll"]
